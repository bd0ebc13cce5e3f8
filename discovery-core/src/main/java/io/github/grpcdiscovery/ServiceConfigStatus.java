package io.github.grpcdiscovery;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * State of the service config of one followed service at one moment.
 *
 * @param connected whether it is kept up to date; if not, it is the last known good one
 * @param text the JSON that channels use; {@code null} if there is none
 * @param updated when that last changed; {@code null} until the first answer
 * @param refused why what the registry holds is not used; {@code null} if it is used
 * @param lastError what went wrong last, without secrets; {@code null} if nothing did
 */
public record ServiceConfigStatus(boolean connected, @Nullable String text, @Nullable Instant updated,
		@Nullable String refused, @Nullable String lastError) {
}
