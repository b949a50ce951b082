package org.tfckpt.benchmarks;

/** The main class of a bare JVM start; runs from a directory of its own. */
final class Hello {
    private Hello() {}

    public static void main(String[] args) {
        System.out.println("Hello, world!");
    }
}
