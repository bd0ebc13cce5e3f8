package io.github.grpcdiscovery.testsupport;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class TestCertificatesTests {

	@Test
	void serverCertificateCarriesItsNamesAndTheSignatureOfTheAuthority(@TempDir Path directory) throws Exception {
		TestCertificates certificates = TestCertificates.in(directory);
		CertificateFiles files = certificates.server("server", "tags.example", "127.0.0.1", "::1");
		X509Certificate server = read(files.certificate());
		server.checkValidity();
		server.verify(read(certificates.ca()).getPublicKey());
		assertThat(server.getSubjectAlternativeNames().toString()).contains("[2, tags.example]", "[7, 127.0.0.1]",
				"[7, 0:0:0:0:0:0:0:1]");
		assertThat(files.privateKey()).content().startsWith("-----BEGIN PRIVATE KEY-----");
	}

	@Test
	void clientCertificateCarriesItsCommonName(@TempDir Path directory) throws Exception {
		CertificateFiles files = TestCertificates.in(directory).client("tag-service");
		assertThat(read(files.certificate()).getSubjectX500Principal().getName()).isEqualTo("CN=tag-service");
	}

	private static X509Certificate read(Path file) throws Exception {
		try (InputStream in = Files.newInputStream(file)) {
			return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
		}
	}

}
