package io.github.grpcdiscovery.resolver;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.ManagedChannelBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a channel's builder says about its service config when the channel is built, so
 * that what the application chose wins over the registry. gRPC lets a resolver's service
 * config win over the builder's, and a resolver cannot ask for the latter: it is read
 * from fields of grpc-java that are not public. Where they cannot be read, the registry's
 * service config is used, and a warning says how to switch that off.
 */
final class BuilderServiceConfig {

	private static final Logger logger = LoggerFactory.getLogger(BuilderServiceConfig.class);

	private static final String IMPLEMENTATION = "io.grpc.internal.ManagedChannelImplBuilder";

	private static final int MAX_DEPTH = 8;

	private static final AtomicBoolean warned = new AtomicBoolean();

	private final ManagedChannelBuilder<?> builder;

	BuilderServiceConfig(ManagedChannelBuilder<?> builder) {
		this.builder = builder;
	}

	/**
	 * Whether the application gave the channel a service config of its own, or switched
	 * off that a resolver gives it one.
	 */
	boolean isChosen() {
		return read("defaultServiceConfig") instanceof Map<?, ?> || Boolean.FALSE.equals(read("lookUpServiceConfig"));
	}

	/**
	 * The policy of the channel where no service config names one.
	 * @return {@code null} if it is not known
	 */
	@Nullable String policy() {
		return (read("defaultLbPolicy") instanceof String policy) ? policy : null;
	}

	private @Nullable Object read(String name) {
		try {
			Object implementation = implementation();
			Field field = implementation.getClass().getDeclaredField(name);
			field.setAccessible(true);
			return field.get(implementation);
		}
		catch (ReflectiveOperationException | RuntimeException | LinkageError ex) {
			if (warned.compareAndSet(false, true)) {
				logger.warn(
						"Cannot read '{}' of {}, so the service config of the registry is used (builder.disableServiceConfigLookUp() switches it off): {}",
						name, this.builder.getClass().getName(), ex.toString());
			}
			return null;
		}
	}

	private Object implementation() throws ReflectiveOperationException {
		Object found = this.builder;
		for (int i = 0; i < MAX_DEPTH && !found.getClass().getName().equals(IMPLEMENTATION); i++) {
			Method delegate = delegate(found.getClass());
			delegate.setAccessible(true);
			found = delegate.invoke(found);
		}
		return found;
	}

	private static Method delegate(Class<?> type) throws NoSuchMethodException {
		for (Class<?> declaring = type; declaring != null; declaring = declaring.getSuperclass()) {
			for (Method method : declaring.getDeclaredMethods()) {
				if (method.getName().equals("delegate") && method.getParameterCount() == 0) {
					return method;
				}
			}
		}
		throw new NoSuchMethodException(type.getName() + ".delegate()");
	}

}
