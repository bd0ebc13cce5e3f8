package io.github.grpcdiscovery.consul;

import java.util.concurrent.CompletionStage;

/**
 * A call under way that can be given up.
 *
 * @param <T> type of the answer
 * @param answer the answer to come
 * @param abort gives the call up and its connection with it; any thread, any number of
 * times
 */
record ConsulCall<T>(CompletionStage<T> answer, Runnable abort) {
}
