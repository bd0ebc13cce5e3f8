/**
 * Registration and discovery in etcd, in the format that grpc-go's etcd resolver reads
 * and writes.
 */
@NullMarked
package io.github.grpcdiscovery.etcd;

import org.jspecify.annotations.NullMarked;
