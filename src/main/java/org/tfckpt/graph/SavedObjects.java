package org.tfckpt.graph;

/** The object graph of a TF2 SavedModel. */
final class SavedObjects {}
