package io.github.grpcdiscovery.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Has a stub or an {@code io.grpc.Channel} injected into a field, a method with one
 * parameter, or a parameter of a constructor or of a factory method of a bean.
 *
 * <pre>{@code
 * &#64;GrpcClient("tag-service")
 * TagServiceGrpc.TagServiceBlockingStub tags;
 * }</pre>
 *
 * Channels are shared by all that ask for the same name with the same interceptors, and
 * closed with the application. May be put on an annotation of your own.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
public @interface GrpcClient {

	/**
	 * Name of the service to look up, or of a channel that is configured with another
	 * target, or a target such as {@code etcd:///tag-service}. May hold placeholders,
	 * such as <code>${tags.service}</code>.
	 * @return the name
	 */
	String value();

	/**
	 * Types of the {@code io.grpc.ClientInterceptor}s of this channel, besides the global
	 * ones: the one bean of that type, or without such a bean a new instance made by its
	 * constructor without parameters.
	 * @return the types
	 */
	Class<?>[] interceptors() default {};

	/**
	 * Names of beans that are further interceptors of this channel.
	 * @return the names
	 */
	String[] interceptorNames() default {};

	/**
	 * Whether these interceptors are sorted in among the global ones, instead of coming
	 * after them.
	 * @return whether to sort
	 */
	boolean sortInterceptors() default false;

}
