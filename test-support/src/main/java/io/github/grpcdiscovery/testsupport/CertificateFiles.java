package io.github.grpcdiscovery.testsupport;

import java.nio.file.Path;

/**
 * A certificate and its private key, both in PEM.
 *
 * @param certificate file of the certificate
 * @param privateKey file of the key, PKCS#8 without a password
 */
public record CertificateFiles(Path certificate, Path privateKey) {

}
