package io.github.grpcdiscovery.samples.client;

import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.SimpleCommandLinePropertySource;

/**
 * A gRPC client that finds {@code tag-service} in the registry. Serves a live page; with
 * {@code --calls=N} it makes that many calls instead, prints who answered and ends.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class SampleClientApplication {

	private static final Map<String, Object> QUIET = Map.of("spring.main.banner-mode", "off", "logging.level.root",
			"warn");

	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(SampleClientApplication.class);
		boolean console = new SimpleCommandLinePropertySource(args).containsProperty("calls");
		if (console) {
			application.setWebApplicationType(WebApplicationType.NONE);
			application.setDefaultProperties(QUIET);
		}
		ConfigurableApplicationContext context = application.run(args);
		if (console) {
			System.exit(SpringApplication.exit(context));
		}
	}

}
