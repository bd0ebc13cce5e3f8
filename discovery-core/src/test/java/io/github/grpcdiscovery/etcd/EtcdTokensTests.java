package io.github.grpcdiscovery.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.FakeScheduler;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdTokensTests {

	private static final Status WRONG = Status.INVALID_ARGUMENT.withDescription("invalid user ID or password");

	private static final Status STALE = Status.UNAUTHENTICATED.withDescription("invalid auth token");

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.0);

	private final EtcdTokens tokens = new EtcdTokens(EtcdSettings.of(URI.create("http://127.0.0.1:2379")), "orders",
			"s3cret", this.loop);

	private final FakeChannel channel = new FakeChannel();

	private final List<String> heard = new ArrayList<>();

	@Test
	void oneTokenIsAskedForOnceAndGivenToAll() {
		ask();
		ask();
		assertThat(this.channel.asked).isEqualTo(1);
		this.channel.give("one");
		run();
		ask();
		assertThat(this.heard).containsExactly("one", "one", "one");
		assertThat(this.channel.asked).isEqualTo(1);
	}

	@Test
	void tokenThatWasTakenAndExpiresIsReplacedAtOnce() {
		ask();
		this.channel.give("one");
		run();
		this.tokens.accepted();
		run();
		this.tokens.stale("one", STALE);
		// a second call with the same old token says nothing new
		this.tokens.stale("one", STALE);
		run();
		ask();
		this.channel.give("two");
		run();
		this.tokens.stale("one", STALE);
		run();
		ask();
		assertThat(this.heard).containsExactly("one", "two", "two");
		assertThat(this.channel.asked).isEqualTo(2);
	}

	@Test
	@Proves("F64")
	void refusedPasswordIsTriedThreeTimesAMinuteHoweverOftenCallsAsk() {
		for (int i = 0; i < 600; i++) {
			ask();
			this.channel.refuse(WRONG);
			run();
			this.scheduler.advance(Duration.ofMillis(100));
		}
		assertThat(this.channel.asked).isEqualTo(3);
		assertThat(this.heard).hasSize(600).containsOnly("INVALID_ARGUMENT");
	}

	@Test
	@Proves("F64")
	void tokenThatIsNeverTakenCountsAsARefusal() {
		for (int i = 0; i < 600; i++) {
			ask();
			this.channel.give("token" + i);
			run();
			this.tokens.stale("token" + i, STALE);
			run();
			this.scheduler.advance(Duration.ofMillis(100));
		}
		assertThat(this.channel.asked).isEqualTo(3);
	}

	@Test
	void passwordThatIsRightAgainEndsTheWaiting() {
		ask();
		this.channel.refuse(WRONG);
		run();
		this.scheduler.advance(Duration.ofSeconds(4));
		ask();
		this.channel.give("one");
		run();
		assertThat(this.heard).containsExactly("INVALID_ARGUMENT", "one");
	}

	@ParameterizedTest
	@EnumSource(value = Status.Code.class, names = { "UNAVAILABLE", "UNKNOWN" })
	void connectionThatBreaksIsNoRefusalAndIsSoonTriedAgain(Status.Code code) {
		ask();
		this.channel.refuse(code.toStatus().withDescription("channel closed"));
		run();
		ask();
		this.scheduler.advance(Duration.ofMillis(250));
		ask();
		this.channel.give("one");
		run();
		assertThat(this.heard).containsExactly(code.name(), code.name(), "one");
	}

	@Test
	void tokenOfAUserWithoutPermissionWasTakenAllTheSame() {
		EtcdCallToken denied = callWithToken("one");
		denied.isStale(Status.PERMISSION_DENIED);
		run();
		EtcdCallToken expired = callWithToken("one");
		assertThat(expired.isStale(STALE)).isTrue();
		run();
		callWithToken("two");
		assertThat(this.channel.asked).isEqualTo(2);
	}

	@Test
	@Proves("F65")
	void withoutAuthenticationInEtcdCallsGoWithoutATokenUntilOneIsAskedFor() {
		try (CapturedLog log = new CapturedLog(EtcdTokens.class)) {
			ask();
			this.channel.refuse(Status.FAILED_PRECONDITION.withDescription("authentication is not enabled"));
			run();
			ask();
			assertThat(this.heard).containsExactly("null", "null");
			assertThat(this.channel.asked).isEqualTo(1);
			assertThat(log.warnings()).singleElement()
				.asString()
				.contains("going on without user 'orders'")
				.doesNotContain("s3cret");
			this.tokens.accepted();
			run();
			this.tokens.stale(null, Status.INVALID_ARGUMENT.withDescription("user name is empty"));
			run();
			ask();
			this.channel.give("one");
			run();
			assertThat(this.heard).last().isEqualTo("one");
			assertThat(log.infos()).singleElement().asString().contains("switched on again");
		}
	}

	private EtcdCallToken callWithToken(String expected) {
		EtcdCallToken call = new EtcdCallToken(this.tokens, this.channel);
		List<String> headers = new ArrayList<>();
		call.applyRequestMetadata(null, null, new CallCredentials.MetadataApplier() {

			@Override
			public void apply(Metadata metadata) {
				headers.add(metadata.get(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER)));
			}

			@Override
			public void fail(Status status) {
				headers.add(status.toString());
			}

		});
		run();
		this.channel.give(expected);
		run();
		assertThat(headers).containsExactly(expected);
		return call;
	}

	private void ask() {
		this.tokens.get(this.channel, new TokenReceiver() {

			@Override
			public void onToken(String token) {
				EtcdTokensTests.this.heard.add(String.valueOf(token));
			}

			@Override
			public void onRefused(Status status) {
				EtcdTokensTests.this.heard.add(status.getCode().name());
			}

		});
		run();
	}

	private void run() {
		this.scheduler.runDue();
	}

	/** Answers the call that is open, if there is one, when the test says so. */
	private static final class FakeChannel extends Channel {

		private int asked;

		private ClientCall.Listener<AuthenticateResponse> open;

		@Override
		@SuppressWarnings("unchecked")
		public <Q, P> ClientCall<Q, P> newCall(MethodDescriptor<Q, P> method, CallOptions options) {
			this.asked++;
			return new ClientCall<>() {

				@Override
				public void start(Listener<P> listener, Metadata headers) {
					FakeChannel.this.open = (Listener<AuthenticateResponse>) listener;
				}

				@Override
				public void request(int messages) {
				}

				@Override
				public void cancel(String message, Throwable cause) {
				}

				@Override
				public void halfClose() {
				}

				@Override
				public void sendMessage(Q message) {
				}

			};
		}

		void give(String token) {
			ClientCall.Listener<AuthenticateResponse> call = this.open;
			this.open = null;
			if (call != null) {
				call.onMessage(AuthenticateResponse.newBuilder().setToken(token).build());
				call.onClose(Status.OK, new Metadata());
			}
		}

		void refuse(Status status) {
			ClientCall.Listener<AuthenticateResponse> call = this.open;
			this.open = null;
			if (call != null) {
				call.onClose(status, new Metadata());
			}
		}

		@Override
		public String authority() {
			return "fake";
		}

	}

}
