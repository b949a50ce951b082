package org.tfckpt.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.channels.Channels;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.tfckpt.FileFormat;
import org.tfckpt.edit.Rewrite;

/**
 * Converts one checkpoint to safetensors. At any moment the file in the target directory does not exist, or is
 * complete.
 */
record Conversion(Target target, String file) implements Serializable {
    static final StructType SCHEMA = new StructType()
            .add("checkpoint", DataTypes.StringType, false)
            .add("target", DataTypes.StringType, false)
            .add("status", DataTypes.StringType, false)
            .add("bytes", DataTypes.LongType)
            .add("kind", DataTypes.StringType)
            .add("message", DataTypes.StringType);

    private static final String TEMPORARY = ".tfckpt-tmp-";

    /** Converts the checkpoint, unless that was done since it was changed; returns the row of the report. */
    Row run(Configuration configuration) throws IOException {
        Path path = new Path(file);
        FileSystem files = path.getFileSystem(configuration);
        if (!target.interrupted().isEmpty()) {
            return failed(Failure.interrupted(target));
        }
        if (isDone(files, path)) {
            return done("skipped", files.getFileStatus(path).getLen(), List.of());
        }
        try (OpenFiles opened = new OpenFiles(configuration)) {
            try (OpenFiles.Opened source = opened.open(target)) {
                Rewrite rewrite = Rewrite.of(source.checkpoint())
                        .format(FileFormat.SAFETENSORS)
                        .build();
                write(rewrite, files, path);
                return done("converted", files.getFileStatus(path).getLen(), rewrite.notes());
            } catch (IOException e) {
                return failed(opened.isGone(target) ? Failure.gone(target) : Failure.of(e, target));
            }
        }
    }

    private Row failed(Failure failure) {
        return RowFactory.create(target.uri(), file, "failed", null, failure.kind(), failure.message());
    }

    private Row done(String status, long bytes, List<String> notes) {
        String message = notes.isEmpty() ? null : String.join("; ", notes);
        return RowFactory.create(target.uri(), file, status, bytes, null, message);
    }

    private boolean isDone(FileSystem files, Path path) throws IOException {
        return files.exists(path) && files.getFileStatus(path).getModificationTime() >= target.modified();
    }

    private static void write(Rewrite rewrite, FileSystem files, Path path) throws IOException {
        // There a file appears when its upload is complete, and renaming would copy it.
        boolean isUpload = files.hasPathCapability(path, CommonPathCapabilities.ABORTABLE_STREAM);
        String hidden = "." + path.getName() + TEMPORARY;
        Path written = isUpload
                ? path
                : new Path(path.getParent(), hidden + TaskContext.get().taskAttemptId());
        FSDataOutputStream out = files.create(written, true);
        try {
            rewrite.run(Channels.newChannel(out));
        } catch (IOException | RuntimeException | Error e) {
            if (isUpload) {
                out.abort();
            } else {
                out.close();
                files.delete(written, false);
            }
            throw e;
        }
        if (!isUpload) {
            rename(files, written, path);
            // Those of attempts that were killed.
            for (FileStatus left :
                    files.listStatus(path.getParent(), other -> other.getName().startsWith(hidden))) {
                files.delete(left.getPath(), false);
            }
        }
    }

    private static void rename(FileSystem files, Path from, Path to) throws IOException {
        try {
            FileContext.getFileContext(to.toUri(), files.getConf()).rename(from, to, Rename.OVERWRITE);
        } catch (UnsupportedFileSystemException e) {
            files.delete(to, false);
            if (!files.rename(from, to)) {
                throw new IOException("'" + from + "' cannot be renamed to '" + to + "'", e);
            }
        }
    }
}
