/**
 * Random faults under load, as many as time allows, that a seed can bring back.
 */
package io.github.grpcdiscovery.faults.random;
