package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * An authority of its own and certificates signed by it, as PEM files in one directory.
 * EC keys (P-256), valid for a day. Nothing trusts them unless it is given {@link #ca()}.
 */
public final class TestCertificates {

	private static final Duration VALIDITY = Duration.ofDays(1);

	private static final X500Name AUTHORITY = name("Test authority");

	private final Path directory;

	private final KeyPair authority = keyPair();

	private final CertificateFiles authorityFiles;

	private TestCertificates(Path directory) {
		this.directory = directory;
		this.authorityFiles = issue("ca", AUTHORITY, this.authority, (certificate) -> {
			certificate.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
			certificate.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
		});
	}

	/**
	 * Makes a new authority.
	 * @param directory existing directory for all the files
	 * @return the authority
	 */
	public static TestCertificates in(Path directory) {
		return new TestCertificates(directory);
	}

	/**
	 * The certificate of the authority, to be trusted by both sides.
	 * @return file in PEM
	 */
	public Path ca() {
		return this.authorityFiles.certificate();
	}

	/**
	 * Issues a certificate for a server. It may be used by a client too, as etcd's own
	 * gateway does.
	 * @param name name of the files and common name
	 * @param subjectAltNames host names and IP addresses that the certificate is good
	 * for; none for one that must be refused
	 * @return the files
	 */
	public CertificateFiles server(String name, String... subjectAltNames) {
		GeneralName[] names = Arrays.stream(subjectAltNames)
			.map(TestCertificates::subjectAltName)
			.toArray(GeneralName[]::new);
		return issue(name, name(name), keyPair(), (certificate) -> {
			if (names.length > 0) {
				certificate.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
			}
			certificate.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(
					new KeyPurposeId[] { KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth }));
		});
	}

	/**
	 * Issues a certificate for a client.
	 * @param commonName who the client is; also the name of the files
	 * @return the files
	 */
	public CertificateFiles client(String commonName) {
		return issue(commonName, name(commonName), keyPair(), (certificate) -> certificate
			.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth)));
	}

	private CertificateFiles issue(String fileName, X500Name subject, KeyPair keys, Extensions extensions) {
		Instant now = Instant.now();
		X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(AUTHORITY,
				new BigInteger(64, new SecureRandom()).add(BigInteger.ONE), Date.from(now.minus(VALIDITY)),
				Date.from(now.plus(VALIDITY)), subject, keys.getPublic());
		CertificateFiles files = new CertificateFiles(this.directory.resolve(fileName + ".crt"),
				this.directory.resolve(fileName + ".key"));
		try {
			extensions.addTo(builder);
			PrivateKey signer = this.authority.getPrivate();
			write(files.certificate(), "CERTIFICATE",
					builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)).getEncoded());
			write(files.privateKey(), "PRIVATE KEY", keys.getPrivate().getEncoded());
			return files;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (OperatorCreationException ex) {
			throw new IllegalStateException("Cannot sign " + fileName, ex);
		}
	}

	private static void write(Path file, String type, byte[] content) throws IOException {
		try (Writer writer = Files.newBufferedWriter(file); PemWriter pem = new PemWriter(writer)) {
			pem.writeObject(new PemObject(type, content));
		}
	}

	private static X500Name name(String commonName) {
		return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
	}

	private static GeneralName subjectAltName(String name) {
		return new GeneralName(IPAddress.isValid(name) ? GeneralName.iPAddress : GeneralName.dNSName, name);
	}

	private static KeyPair keyPair() {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(new ECGenParameterSpec("secp256r1"));
			return generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("This JDK has no EC keys", ex);
		}
	}

	@FunctionalInterface
	private interface Extensions {

		void addTo(X509v3CertificateBuilder certificate) throws IOException;

	}

}
