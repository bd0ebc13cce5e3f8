package io.github.grpcdiscovery.autoconfigure.server;

import org.springframework.boot.context.properties.bind.Binder;

/**
 * Reads what the settings of one gRPC stack make its server speak. The package of the
 * stack has the implementation and names it in {@code spring.factories}. It needs nothing
 * of the stack, which may be absent.
 */
public interface ServerTransportSettings {

	/**
	 * Reads the settings.
	 * @param binder of the application's environment
	 * @return plaintext where there are none
	 */
	ServerTransport read(Binder binder);

}
