package io.github.grpcdiscovery.faults.random;

import java.time.Duration;

import io.github.grpcdiscovery.testsupport.TcpProxy;

/** A network that may be bad, and how it is mended. */
final class Way implements AutoCloseable {

	private final TcpProxy proxy;

	private Way(TcpProxy proxy) {
		this.proxy = proxy;
	}

	static Way to(int port) {
		return new Way(TcpProxy.to(port));
	}

	TcpProxy proxy() {
		return this.proxy;
	}

	/** All connections are closed; new ones are welcome. */
	Repair cut() {
		this.proxy.cut();
		return Repair.NOTHING;
	}

	/** All connections are closed, new ones are refused. */
	Repair refuse() {
		this.proxy.refuse();
		this.proxy.cut();
		return this.proxy::accept;
	}

	/** Nothing comes through and nobody is told. */
	Repair freeze() {
		this.proxy.freeze();
		return this.proxy::thaw;
	}

	/** Everything comes late. */
	Repair delay(Duration latency) {
		this.proxy.delay(latency);
		return () -> this.proxy.delay(Duration.ZERO);
	}

	@Override
	public void close() {
		this.proxy.close();
	}

}
