package io.github.grpcdiscovery.etcd;

/**
 * jetcd 0.8.7 renews leases with Vert.x 5, which needs Netty 4.2. With an older Netty it
 * registers, fails to renew with a {@link LinkageError} that nobody sees, and the
 * instance is gone one TTL later; so this is checked before.
 */
final class NettyRequirement {

	private static final String SINCE_4_2 = "io.netty.channel.MultiThreadIoEventLoopGroup";

	private NettyRequirement() {
	}

	/**
	 * Checks the class path.
	 * @param classes where jetcd will find its classes
	 * @throws IllegalStateException saying what to add
	 */
	static void check(ClassLoader classes) {
		try {
			Class.forName(SINCE_4_2, false, classes);
		}
		catch (ClassNotFoundException | LinkageError ex) {
			throw new IllegalStateException(
					"Netty on the class path is older than 4.2 (or absent), and the etcd client cannot renew leases with it (expected: io.netty:netty-bom 4.2.18.Final or later; import it in dependencyManagement before the BOM that brings the older one, or set the property netty.version)",
					ex);
		}
	}

}
