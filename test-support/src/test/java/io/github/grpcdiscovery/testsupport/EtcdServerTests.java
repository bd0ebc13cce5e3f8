package io.github.grpcdiscovery.testsupport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.entry;

class EtcdServerTests {

	private static EtcdServer etcd;

	@BeforeAll
	static void startOne() {
		etcd = EtcdServer.started();
	}

	@AfterAll
	static void closeIt() {
		etcd.close();
	}

	@BeforeEach
	void empty() {
		etcd.deletePrefix("/");
	}

	@Test
	void getReturnsWhatWasPutUnderThePrefix() {
		etcd.put("/a/1", "{\"x\": \"ü\\n\"}");
		etcd.put("/a/2", "");
		etcd.put("/b/1", "other");
		assertThat(etcd.get("/a/")).containsExactly(entry("/a/1", "{\"x\": \"ü\\n\"}"), entry("/a/2", ""));
		etcd.delete("/a/1");
		assertThat(etcd.get("/a/")).containsOnlyKeys("/a/2");
	}

	@Test
	void restartKeepsTheDataAndThePort() {
		etcd.put("/kept", "yes");
		int port = etcd.port();
		long created = etcd.entries("/kept").get(0).createRevision();
		etcd.restart();
		assertThat(etcd.port()).isEqualTo(port);
		assertThat(etcd.entries("/kept").get(0).createRevision()).isEqualTo(created);
	}

	@Test
	void stopAndStartKeepTheData() {
		etcd.put("/kept", "yes");
		etcd.stop();
		assertThat(etcd.isRunning()).isFalse();
		etcd.start();
		assertThat(etcd.get("/kept")).containsEntry("/kept", "yes");
	}

	@Test
	void wipeLosesTheDataAndTheRevision() {
		etcd.put("/lost", "yes");
		etcd.put("/lost", "again");
		long before = etcd.revision();
		etcd.wipe();
		assertThat(etcd.get("/lost")).isEmpty();
		assertThat(etcd.revision()).isLessThan(before);
	}

	@Test
	void pausedServerAnswersOnceItIsResumed() {
		etcd.pause();
		assertThat(etcd.isReady()).isFalse();
		etcd.resume();
		Conditions.await().until(etcd::isReady);
		etcd.put("/after", "pause");
	}

	@Test
	void revokedLeaseTakesItsKeysAlong() {
		String lease = etcd.grantLease(Duration.ofMinutes(1));
		etcd.put("/leased", "v", lease);
		assertThat(etcd.leases()).containsExactly(lease);
		assertThat(etcd.entries("/leased")).extracting(EtcdEntry::lease).containsExactly(lease);
		etcd.revokeLease(lease);
		assertThat(etcd.get("/leased")).isEmpty();
		assertThat(etcd.leases()).isEmpty();
	}

	@Test
	void watchSeesWhatHappensAlsoAcrossRestart() {
		try (EtcdWatch watch = etcd.watch("/w/")) {
			etcd.put("/w/1", "a");
			etcd.put("/elsewhere", "a");
			Conditions.eventually(() -> assertThat(watch.events()).containsExactly("PUT /w/1"));
			etcd.restart();
			etcd.delete("/w/1");
			Conditions.eventually(() -> assertThat(watch.events()).isEqualTo(List.of("PUT /w/1", "DELETE /w/1")));
			assertThat(watch.puts()).isEqualTo(1);
			assertThat(watch.deletes()).isEqualTo(1);
		}
	}

	@Test
	void compactForgetsEarlierRevisions() {
		etcd.put("/c", "1");
		long old = etcd.revision();
		etcd.put("/c", "2");
		etcd.compact();
		assertThatIllegalStateException().isThrownBy(() -> etcd.etcdctl("get", "--rev=" + old, "/c"))
			.withMessageContaining("compacted");
	}

	@Test
	void fullStoreRefusesPutsUntilItIsFreed() {
		try (EtcdServer small = EtcdServer.builder().quotaBackendBytes(4 * 1024 * 1024).start()) {
			small.fillQuota();
			assertThatIllegalStateException().isThrownBy(() -> small.put("/a", "b"))
				.withMessageContaining("space exceeded");
			small.restart();
			small.freeQuota();
			small.put("/a", "b");
			assertThat(small.get("/")).containsOnlyKeys("/a");
		}
	}

	@Test
	void userMayUseItsPrefixOnly() {
		try (EtcdServer secured = EtcdServer.builder().authTokenTtl(Duration.ofSeconds(4)).start()) {
			secured.enableAuth("secret");
			secured.addUser("tags", "tags-password", "tags-role", "/grpc/tags/", "readwrite");
			secured.restart();
			secured.put("/other", "by root");
			Etcdctl asUser = new Etcdctl(List.of(secured.endpoint()), EtcdTls.NONE);
			asUser.authenticateAs("tags", "tags-password");
			asUser.run("put", "/grpc/tags/1", "v");
			assertThat(secured.get("/grpc/")).containsEntry("/grpc/tags/1", "v");
			assertThatIllegalStateException().isThrownBy(() -> asUser.run("get", "/other"))
				.withMessageContaining("permission denied");
			secured.changePassword("tags", "another");
			assertThatIllegalStateException().isThrownBy(() -> asUser.run("get", "/grpc/tags/1"));
		}
	}

	@Test
	void clientWithoutCertificateIsRefused(@TempDir Path directory) {
		TestCertificates certificates = TestCertificates.in(directory);
		CertificateFiles server = certificates.server("etcd", "localhost", "127.0.0.1");
		try (EtcdServer secured = EtcdServer.builder()
			.tls(server, certificates.ca())
			.requireClientCertificate(certificates.client("root"))
			.start()) {
			assertThat(secured.endpoint()).hasScheme("https");
			secured.put("/tls", "yes");
			assertThat(secured.get("/tls")).containsEntry("/tls", "yes");
			Etcdctl stranger = new Etcdctl(List.of(secured.endpoint()), new EtcdTls(server, certificates.ca(), null));
			assertThatIllegalStateException().isThrownBy(() -> stranger.run("get", "--command-timeout=1s", "/tls"));
		}
	}

	@Test
	void serverThatCannotStartSaysWhy() {
		assertThatIllegalStateException().isThrownBy(() -> EtcdServer.builder().args("--no-such-flag").start())
			.withMessageContaining("no-such-flag");
	}

}
