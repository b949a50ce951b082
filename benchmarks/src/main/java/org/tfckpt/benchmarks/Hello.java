package org.tfckpt.benchmarks;

/** What a JVM takes to start; runs from a directory of its own. */
final class Hello {
    private Hello() {}

    public static void main(String[] args) {
        System.out.println("Hello, world!");
    }
}
