package io.github.grpcdiscovery.autoconfigure.inject;

import java.lang.annotation.Annotation;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ReflectionUtils;

import io.github.grpcdiscovery.spring.GrpcClient;

/**
 * Looks for {@link GrpcClient}, also on annotations of a user's own. Every injection
 * point and every bean's class is looked at while an application starts, and hardly any
 * has it: what cannot have it is told by the JDK's reflection alone.
 */
final class GrpcClientAnnotations {

	private GrpcClientAnnotations() {
	}

	/**
	 * Finds the annotation.
	 * @param annotations what a field or parameter has
	 * @return {@code null} if it is not among them
	 */
	static @Nullable GrpcClient find(Annotation[] annotations) {
		if (!mayHold(annotations)) {
			return null;
		}
		MergedAnnotation<GrpcClient> found = MergedAnnotations.from(annotations).get(GrpcClient.class);
		return found.isPresent() ? found.synthesize() : null;
	}

	/**
	 * Whether a field or method of a class, or of one that it extends, has it.
	 * @param type the class
	 * @return {@code true} if one may have it
	 */
	static boolean isOnMemberOf(Class<?> type) {
		AtomicBoolean found = new AtomicBoolean();
		// most beans are a framework's, and what a framework's class extends is too
		for (Class<?> c = type; c != null && !found.get() && !isOfAFramework(c.getName()); c = c.getSuperclass()) {
			ReflectionUtils.doWithLocalFields(c,
					(field) -> found.compareAndSet(false, mayHold(field.getAnnotations())));
			ReflectionUtils.doWithLocalMethods(c,
					(method) -> found.compareAndSet(false, mayHold(method.getAnnotations())));
		}
		return found.get();
	}

	private static boolean mayHold(Annotation[] annotations) {
		for (Annotation annotation : annotations) {
			Class<? extends Annotation> type = annotation.annotationType();
			if (type == GrpcClient.class
					|| (!isOfAFramework(type.getName()) && MergedAnnotations.from(type).isPresent(GrpcClient.class))) {
				return true;
			}
		}
		return false;
	}

	private static boolean isOfAFramework(String name) {
		return name.startsWith("org.springframework.") || name.startsWith("java.") || name.startsWith("jakarta.")
				|| name.startsWith("net.devh.boot.grpc.");
	}

}
