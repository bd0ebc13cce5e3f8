package io.github.grpcdiscovery.samples.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Says a failed gRPC call in HTTP.
 */
@RestControllerAdvice
class GrpcErrors {

	@ExceptionHandler
	ProblemDetail failed(StatusRuntimeException ex) {
		Status status = ex.getStatus();
		HttpStatus http = switch (status.getCode()) {
			case INVALID_ARGUMENT -> HttpStatus.BAD_REQUEST;
			case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
			case DEADLINE_EXCEEDED -> HttpStatus.GATEWAY_TIMEOUT;
			default -> HttpStatus.BAD_GATEWAY;
		};
		ProblemDetail problem = ProblemDetail.forStatus(http);
		problem.setTitle(status.getCode().name());
		problem.setDetail(status.getDescription());
		return problem;
	}

}
