package io.github.grpcdiscovery.samples.server;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import io.github.grpcdiscovery.samples.api.GetTagListReply;
import io.github.grpcdiscovery.samples.api.GetTagListRequest;
import io.github.grpcdiscovery.samples.api.GreeterGrpc;
import io.github.grpcdiscovery.samples.api.HelloRequest;
import io.github.grpcdiscovery.samples.api.TagServiceGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SampleServerApplication} on a real port, without a registry.
 */
@SpringBootTest(properties = { "grpc.discovery.enabled=false", "grpc.server.address=127.0.0.1", "grpc.server.port=0",
		"spring.main.banner-mode=off" })
class SampleServerApplicationTests {

	@Autowired
	private GrpcServerProperties server;

	@Test
	void bothServicesSayWhichAddressAndProcessAnswered() {
		String servedBy = "127.0.0.1:%d (pid %d)".formatted(this.server.getPort(), ProcessHandle.current().pid());
		ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", this.server.getPort())
			.usePlaintext()
			.build();
		try {
			GetTagListReply tags = TagServiceGrpc.newBlockingStub(channel)
				.getTagList(GetTagListRequest.getDefaultInstance());
			assertThat(tags.getServedBy()).isEqualTo(servedBy);
			HelloRequest hello = HelloRequest.newBuilder().setName("World").build();
			assertThat(GreeterGrpc.newBlockingStub(channel).sayHello(hello).getServedBy()).isEqualTo(servedBy);
		}
		finally {
			channel.shutdownNow();
		}
	}

}
