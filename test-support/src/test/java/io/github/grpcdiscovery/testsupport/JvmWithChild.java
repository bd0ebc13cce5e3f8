package io.github.grpcdiscovery.testsupport;

/**
 * A program that starts a child process, prints its id and waits to be ended.
 */
public final class JvmWithChild {

	private JvmWithChild() {
	}

	public static void main(String[] args) throws InterruptedException {
		ManagedProcess child = ManagedProcess.command("child", "sleep", "60").start();
		System.out.println("child " + child.pid());
		Thread.currentThread().join();
	}

}
