package io.github.grpcdiscovery.autoconfigure.inject;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

import io.grpc.Channel;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Makes stubs as the code generators mean it. Java, Reactor and RxJava: the class around
 * the stub has one method for each kind, whose result tells them apart. Kotlin: the stub
 * has a constructor.
 */
final class GeneratedStubs {

	private GeneratedStubs() {
	}

	/**
	 * Makes a stub.
	 * @param type type of the stub
	 * @param channel its channel
	 * @return {@code null} if there is no way to make one
	 */
	static @Nullable Object create(Class<?> type, Channel channel) {
		Class<?> service = type.getEnclosingClass();
		Method method = (service != null) ? factoryMethod(service, type) : null;
		if (method != null) {
			ReflectionUtils.makeAccessible(method);
			return ReflectionUtils.invokeMethod(method, null, channel);
		}
		return Modifier.isAbstract(type.getModifiers()) ? null : byConstructor(type, channel);
	}

	private static @Nullable Object byConstructor(Class<?> type, Channel channel) {
		try {
			return BeanUtils.instantiateClass(type.getDeclaredConstructor(Channel.class), channel);
		}
		catch (NoSuchMethodException ex) {
			return null;
		}
	}

	private static @Nullable Method factoryMethod(Class<?> service, Class<?> type) {
		return Arrays.stream(service.getMethods())
			.filter((method) -> Modifier.isStatic(method.getModifiers()) && method.getReturnType() == type
					&& Arrays.equals(method.getParameterTypes(), new Class<?>[] { Channel.class }))
			.findFirst()
			.orElse(null);
	}

}
