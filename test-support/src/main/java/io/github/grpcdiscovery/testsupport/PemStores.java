package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/**
 * What the JDK makes TLS with, read from the files of {@link TestCertificates}.
 */
public final class PemStores {

	private static final char[] NO_PASSWORD = {};

	private PemStores() {
	}

	/**
	 * Trusts what an authority signed, and nothing else.
	 * @param authority file of its certificate
	 * @return ready to use
	 */
	public static TrustManagerFactory trust(Path authority) {
		try {
			KeyStore store = empty();
			store.setCertificateEntry("ca", certificate(authority));
			TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trust.init(store);
			return trust;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Shows a certificate.
	 * @param client its files
	 * @return ready to use
	 */
	public static KeyManagerFactory key(CertificateFiles client) {
		try {
			KeyStore store = empty();
			store.setKeyEntry("key", privateKey(client.privateKey()), NO_PASSWORD,
					new Certificate[] { certificate(client.certificate()) });
			KeyManagerFactory key = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			key.init(store, NO_PASSWORD);
			return key;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Trusts an authority and shows a certificate.
	 * @param authority file of the authority's certificate
	 * @param client what to show; {@code null} for nothing
	 * @return ready to use
	 */
	public static SSLContext context(Path authority, @Nullable CertificateFiles client) {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init((client != null) ? key(client).getKeyManagers() : null, trust(authority).getTrustManagers(),
					null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static KeyStore empty() throws GeneralSecurityException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try {
			store.load(null, null);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return store;
	}

	private static Certificate certificate(Path file) throws GeneralSecurityException {
		try (InputStream pem = Files.newInputStream(file)) {
			return CertificateFactory.getInstance("X.509").generateCertificate(pem);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static PrivateKey privateKey(Path file) throws GeneralSecurityException {
		try {
			String base64 = Files.readString(file).replaceAll("-----[A-Z ]+-----", "");
			return KeyFactory.getInstance("EC")
				.generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
