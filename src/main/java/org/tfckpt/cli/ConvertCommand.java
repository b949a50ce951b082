package org.tfckpt.cli;

import picocli.CommandLine.Command;

/** {@code convert}: an alias of {@code rewrite}. */
@Command(
        name = "convert",
        customSynopsis = "tfckpt convert [OPTION]... CHECKPOINT... -o FILE",
        header = "Convert to and from safetensors, npz and npy.",
        description = {
            "The suffix of FILE selects the format: .safetensors, .npz, .npy, otherwise a V2 checkpoint. An alias of"
                    + " 'rewrite': everything that selects, renames, casts and merges tensors works for every format.",
            "",
            "What the format cannot hold is left out and reported."
        },
        footer = "Example: tfckpt convert --recipe bert bert_model.ckpt -o model.safetensors")
final class ConvertCommand extends RewriteCommand {}
