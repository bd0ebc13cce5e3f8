package io.github.grpcdiscovery.consul;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A body of a limited size: what consul-api reads, it reads into memory, however much it
 * is.
 */
final class LimitedEntity extends HttpEntityWrapper {

	static final HttpEntity EMPTY = new ByteArrayEntity(new byte[0]);

	/** 16 MiB: about ten thousand instances. */
	static final int MAX_BYTES = 16 * 1024 * 1024;

	LimitedEntity(HttpEntity entity) {
		super(entity);
	}

	// unknown: a length that is claimed is no reason to make room for it
	@Override
	public long getContentLength() {
		return -1;
	}

	// consul-api takes UTF-8 where the type says nothing; an exotic charset is no error
	// of ours
	@Override
	public @Nullable Header getContentType() {
		return null;
	}

	@Override
	public InputStream getContent() throws IOException {
		long length = this.wrappedEntity.getContentLength();
		if (length > MAX_BYTES) {
			throw tooLarge();
		}
		return new LimitedStream(this.wrappedEntity.getContent());
	}

	static IOException tooLarge() {
		return new IOException("body too large (expected: at most %d bytes)".formatted(MAX_BYTES));
	}

	private static final class LimitedStream extends FilterInputStream {

		private long left = MAX_BYTES;

		LimitedStream(InputStream in) {
			super(in);
		}

		@Override
		public int read() throws IOException {
			int read = super.read();
			count((read >= 0) ? 1 : 0);
			return read;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			int read = super.read(bytes, offset, length);
			count(read);
			return read;
		}

		private void count(int read) throws IOException {
			this.left -= Math.max(0, read);
			if (this.left < 0) {
				throw tooLarge();
			}
		}

	}

}
