package io.github.grpcdiscovery.etcd;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Given a token, or why there is none. Any thread, once.
 */
interface TokenReceiver {

	/**
	 * The call goes on.
	 * @param token the token, {@code null} to go without one
	 */
	void onToken(@Nullable String token);

	/**
	 * The call fails.
	 * @param status what etcd said
	 */
	void onRefused(Status status);

}
