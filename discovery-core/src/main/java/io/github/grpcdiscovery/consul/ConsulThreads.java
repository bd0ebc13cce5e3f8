package io.github.grpcdiscovery.consul;

import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.internal.util.DaemonThreads;

/**
 * Threads to wait for Consul's answers on: virtual ones where the JDK has them (21 and
 * later), else daemon threads that end after a minute without work.
 */
final class ConsulThreads {

	private static final Logger logger = LoggerFactory.getLogger(ConsulThreads.class);

	private ConsulThreads() {
	}

	/**
	 * An executor that never lets a task wait for another one.
	 * @param name beginning of the threads' names
	 * @return shut down by the caller
	 */
	static ExecutorService newExecutor(String name) {
		try {
			return virtual(name);
		}
		catch (ReflectiveOperationException ex) {
			logger.debug("This JDK has no virtual threads");
			return Executors.newCachedThreadPool(DaemonThreads.numbered(name));
		}
	}

	// compiled for Java 17
	private static ExecutorService virtual(String name) throws ReflectiveOperationException {
		Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
		Class<?> type = Class.forName("java.lang.Thread$Builder");
		builder = type.getMethod("name", String.class, long.class).invoke(builder, name, 0L);
		Object factory = type.getMethod("factory").invoke(builder);
		Method newExecutor = Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class);
		return (ExecutorService) newExecutor.invoke(null, factory);
	}

}
