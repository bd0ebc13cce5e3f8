package io.github.grpcdiscovery.testsupport;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Tokens of a Consul agent with access control. A token is named by its secret, which is
 * what a client sends. Thread-safe.
 */
public final class ConsulAcl {

	private static final Duration POLL = Duration.ofMillis(100);

	private static final int POLLS_PER_CHANGE = 40;

	private final ConsulAgent agent;

	private final @Nullable String managementToken;

	private final Map<String, String> accessors = new ConcurrentHashMap<>();

	ConsulAcl(ConsulAgent agent, @Nullable String managementToken) {
		this.agent = agent;
		this.managementToken = managementToken;
	}

	/**
	 * The token that may do everything.
	 * @return its secret
	 */
	public String managementToken() {
		if (this.managementToken == null) {
			throw new IllegalStateException(this.agent + " was built without acl()");
		}
		return this.managementToken;
	}

	@Nullable String managementTokenIfAny() {
		return this.managementToken;
	}

	/**
	 * Creates a token with one policy of its own.
	 * @param rules the policy in HCL, such as {@code service_prefix "" { policy = "read"
	 * }}
	 * @return the secret of the token
	 */
	public String createToken(String rules) {
		String name = createPolicy(rules);
		String token = this.agent.put("/v1/acl/token", "{\"Policies\":[{\"Name\":\"" + name + "\"}]}");
		String secret = field(token, "SecretID");
		this.accessors.put(secret, field(token, "AccessorID"));
		return secret;
	}

	private String createPolicy(String rules) {
		String name = "test-" + UUID.randomUUID();
		this.agent.put("/v1/acl/policy", "{\"Name\":\"" + name + "\",\"Rules\":\"" + escape(rules) + "\"}");
		return name;
	}

	/**
	 * Gives a token other rights than it has.
	 * @param secret a secret returned by {@link #createToken}
	 * @param rules the policy in HCL that it has from now on
	 */
	public void replacePolicies(String secret, String rules) {
		String accessor = accessor(secret);
		this.agent.put("/v1/acl/token/" + accessor,
				"{\"AccessorID\":\"" + accessor + "\",\"Policies\":[{\"Name\":\"" + createPolicy(rules) + "\"}]}");
	}

	/**
	 * Takes all rights from a token, which stays valid: what it asks for is then answered
	 * with an empty list.
	 * @param secret a secret returned by {@link #createToken}
	 */
	public void withdrawPolicies(String secret) {
		String accessor = accessor(secret);
		this.agent.put("/v1/acl/token/" + accessor, "{\"AccessorID\":\"" + accessor + "\",\"Policies\":[]}");
	}

	/**
	 * Deletes a token: what it asks for is then refused with 403.
	 * @param secret a secret returned by {@link #createToken}
	 */
	public void deleteToken(String secret) {
		this.agent.delete("/v1/acl/token/" + accessor(secret));
	}

	/**
	 * Makes a deleted token known again, with one policy of its own.
	 * @param secret the secret of a token that was deleted
	 * @param rules the policy in HCL
	 */
	public void restoreToken(String secret, String rules) {
		String token = this.agent.put("/v1/acl/token",
				"{\"SecretID\":\"" + secret + "\",\"Policies\":[{\"Name\":\"" + createPolicy(rules) + "\"}]}");
		this.accessors.put(secret, field(token, "AccessorID"));
	}

	/**
	 * Changes tokens every four seconds until the change is noticed, for two minutes at
	 * most. Consul ends the streams of a token before the change is in its store; a
	 * stream that is begun anew in between keeps the old rights until the token changes
	 * again.
	 * @param change what changes the tokens
	 * @param noticed tells whether who follows with the tokens has met the change
	 */
	public static void untilNoticed(Runnable change, BooleanSupplier noticed) {
		AtomicInteger polls = new AtomicInteger();
		Conditions.await(Duration.ofMinutes(2)).pollInterval(POLL).until(() -> {
			if (noticed.getAsBoolean()) {
				return true;
			}
			if (polls.getAndIncrement() % POLLS_PER_CHANGE == 0) {
				change.run();
			}
			return false;
		});
	}

	private String accessor(String secret) {
		String accessor = this.accessors.get(secret);
		if (accessor == null) {
			throw new IllegalStateException("This token was not created here");
		}
		return accessor;
	}

	private static String escape(String text) {
		return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t");
	}

	private static String field(String json, String name) {
		Matcher matcher = Pattern.compile("\"" + name + "\":\\s*\"([^\"]+)\"").matcher(json);
		if (!matcher.find()) {
			throw new IllegalStateException("No " + name + " in the answer of Consul");
		}
		return matcher.group(1);
	}

}
