package io.github.grpcdiscovery.testsupport;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.slf4j.LoggerFactory;

/**
 * What a class logs, from when it is created until it is closed.
 */
public final class CapturedLog implements AutoCloseable {

	private final Logger logger;

	private final Level before;

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	/**
	 * Begins to capture, whatever the level.
	 * @param type whose log
	 */
	public CapturedLog(Class<?> type) {
		this(type.getName());
	}

	/**
	 * Begins to capture, whatever the level.
	 * @param name whose log, and that of all below it
	 */
	public CapturedLog(String name) {
		this.logger = (Logger) LoggerFactory.getLogger(name);
		this.before = this.logger.getLevel();
		this.logger.setLevel(Level.TRACE);
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	/**
	 * The warnings so far.
	 * @return formatted messages
	 */
	public List<String> warnings() {
		return at(Level.WARN);
	}

	/**
	 * The messages for everybody so far.
	 * @return formatted messages
	 */
	public List<String> infos() {
		return at(Level.INFO);
	}

	/**
	 * The errors so far.
	 * @return formatted messages
	 */
	public List<String> errors() {
		return at(Level.ERROR);
	}

	private List<String> at(Level level) {
		return List.copyOf(this.appender.list)
			.stream()
			.filter((event) -> event.getLevel() == level)
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.appender);
		this.logger.setLevel(this.before);
	}

}
