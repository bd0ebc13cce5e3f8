package io.github.grpcdiscovery.autoconfigure.springgrpc;

import java.lang.reflect.Constructor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertyResolver;
import org.springframework.grpc.client.VirtualTargets;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class DiscoveryVirtualTargetsTests {

	private final MockEnvironment environment = new MockEnvironment()
		.withProperty("spring.grpc.client.channel.with-address.target", "static://10.0.0.1:9090")
		.withProperty("spring.grpc.client.channel.with-placeholder.target", "tcp://${host}:9090")
		.withProperty("spring.grpc.client.channel.with-bare-target.target", "some-host")
		.withProperty("spring.grpc.client.channel.with-default-target.target", "static://localhost:9090")
		.withProperty("spring.grpc.client.channel.with-settings.user-agent", "me")
		.withProperty("host", "10.0.0.2")
		.withProperty("service", "tag-service");

	@Test
	void bareNamesAreLookedUp() {
		VirtualTargets targets = targets();
		assertThat(targets.getTarget("tag-service")).isEqualTo("discovery:///tag-service");
		assertThat(targets.getTarget("com.example.tags")).isEqualTo("discovery:///com.example.tags");
		assertThat(targets.getTarget("helloworld.Greeter")).isEqualTo("discovery:///helloworld.Greeter");
		assertThat(targets.getTarget("shop/orders")).isEqualTo("discovery:///shop/orders");
		assertThat(targets.getTarget("${service}")).isEqualTo("discovery:///tag-service");
		assertThat(targets.getTarget("${other:tag-service}")).isEqualTo("discovery:///tag-service");
	}

	@Test
	void channelWithoutATargetIsLookedUp() {
		assertThat(targets().getTarget("with-settings")).isEqualTo("discovery:///with-settings");
	}

	@Test
	void channelWithATargetOtherThanTheDefaultIsNotLookedUpWhereverItCameFrom() {
		GrpcClientProperties properties = new GrpcClientProperties();
		GrpcClientProperties.Channel channel = new GrpcClientProperties.Channel();
		channel.setTarget("static://10.0.0.3:9090");
		properties.getChannel().put("by-code", channel);
		assertThat(new DiscoveryVirtualTargets(this.environment, properties).getTarget("by-code"))
			.isEqualTo("10.0.0.3:9090");
	}

	@ParameterizedTest
	@ValueSource(strings = { "with-address", "with-placeholder", "with-bare-target", "with-default-target", "default",
			"localhost:9090", "static://localhost:9090", "static:localhost:9090", "tcp:///10.0.0.1:1", "[::1]:9090",
			"dns:///tags:9090", "dns://1.1.1.1/tags", "unix:/tmp/socket", "unix:relative", "discovery:///tag-service",
			"etcd:///tag-service", "in-process:name", "${host}:9090" })
	void allElseIsAsInSpringBoot(String target) throws Exception {
		assertThat(targets().getTarget(target)).isEqualTo(targetsOfSpringBoot().getTarget(target));
	}

	private VirtualTargets targets() {
		return new DiscoveryVirtualTargets(this.environment, properties());
	}

	private GrpcClientProperties properties() {
		return Binder.get(this.environment).bindOrCreate("spring.grpc.client", Bindable.of(GrpcClientProperties.class));
	}

	private VirtualTargets targetsOfSpringBoot() throws Exception {
		Constructor<?> constructor = Class
			.forName("org.springframework.boot.grpc.client.autoconfigure.PropertiesVirtualTargets")
			.getDeclaredConstructor(PropertyResolver.class, GrpcClientProperties.class);
		return (VirtualTargets) BeanUtils.instantiateClass(constructor, (Environment) this.environment, properties());
	}

}
