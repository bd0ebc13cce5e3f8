package io.github.grpcdiscovery.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether one registry is configured: chosen by name, or its essential setting is there,
 * or somebody else, such as Testcontainers, says where it is.
 */
public abstract class OnRegistryCondition extends SpringBootCondition implements ConfigurationCondition {

	private static final String CHOICE = "grpc.discovery.registry";

	private static final Bindable<List<String>> STRINGS = Bindable.listOf(String.class);

	private final String name;

	private final String property;

	private final @Nullable Class<?> connectionDetails;

	/**
	 * Creates the condition.
	 * @param name the registry's name
	 * @param property the essential setting
	 * @param connectionDetails type of the beans that stand in for that setting, if any
	 */
	protected OnRegistryCondition(String name, String property, @Nullable Class<?> connectionDetails) {
		this.name = name;
		this.property = property;
		this.connectionDetails = connectionDetails;
	}

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return (this.connectionDetails != null) ? ConfigurationPhase.REGISTER_BEAN
				: ConfigurationPhase.PARSE_CONFIGURATION;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("gRPC discovery registry", this.name);
		Environment environment = context.getEnvironment();
		if (isSet(environment, CHOICE)
				&& Binder.get(environment).bind(CHOICE, STRINGS).orElse(List.of()).contains(this.name)) {
			return ConditionOutcome.match(message.because("it is chosen by " + CHOICE));
		}
		if (isSet(environment, this.property)) {
			return ConditionOutcome.match(message.foundExactly(this.property));
		}
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		if (this.connectionDetails != null && beans != null
				&& beans.getBeanNamesForType(this.connectionDetails, true, false).length > 0) {
			return ConditionOutcome.match(message.foundExactly(this.connectionDetails.getSimpleName()));
		}
		return ConditionOutcome.noMatch(message.didNotFind("property").items(this.property));
	}

	// as a whole or as a list; without a binder, which is slow when it is used first
	private static boolean isSet(Environment environment, String property) {
		return environment.containsProperty(property) || environment.containsProperty(property + "[0]");
	}

}
