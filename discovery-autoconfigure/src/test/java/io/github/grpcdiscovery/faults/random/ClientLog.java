package io.github.grpcdiscovery.faults.random;

import java.nio.file.Path;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import org.slf4j.LoggerFactory;

/**
 * Everything that the project logs in this process, in a file; the console is kept quiet
 * meanwhile.
 */
final class ClientLog implements AutoCloseable {

	private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

	private final Logger root = this.context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final Logger ours = this.context.getLogger("io.github.grpcdiscovery");

	private final Level rootBefore = this.root.getLevel();

	private final Level oursBefore = this.ours.getLevel();

	private final FileAppender<ILoggingEvent> appender = new FileAppender<>();

	ClientLog(Path file) {
		PatternLayoutEncoder encoder = new PatternLayoutEncoder();
		encoder.setContext(this.context);
		encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%n");
		encoder.start();
		this.appender.setContext(this.context);
		this.appender.setFile(file.toString());
		this.appender.setAppend(false);
		this.appender.setEncoder(encoder);
		this.appender.start();
		this.root.setLevel(Level.WARN);
		this.ours.setLevel(Level.DEBUG);
		this.ours.setAdditive(false);
		this.ours.addAppender(this.appender);
	}

	@Override
	public void close() {
		this.ours.detachAppender(this.appender);
		this.ours.setAdditive(true);
		this.ours.setLevel(this.oursBefore);
		this.root.setLevel(this.rootBefore);
		this.appender.stop();
	}

}
