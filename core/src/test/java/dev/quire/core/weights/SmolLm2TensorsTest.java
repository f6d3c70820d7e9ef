package dev.quire.core.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.format.BlockDecoder;
import dev.quire.core.testing.SmolLm2;
import dev.quire.core.testing.SmolLm2.GoldenTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every tensor of a real file is decoded to the reference's very bits. */
class SmolLm2TensorsTest {
    @Test
    void everyTensorDecodesToTheReferencesBits() throws NoSuchAlgorithmException {
        List<GoldenTensor> golden = SmolLm2.tensors();
        try (Gguf file = Gguf.open(SmolLm2.file())) {
            assertEquals(
                    golden.stream().map(GoldenTensor::name).toList(),
                    file.tensors().keySet().stream().toList());
            for (GoldenTensor expected : golden) {
                Tensor tensor = file.tensor(expected.name());
                assertEquals(expected.type(), tensor.type().name(), expected.name());
                assertEquals(expected.shape(), tensor.shape().reversed(), expected.name());
                assertEquals(expected.sha256(), sha256(tensor), expected.name());
            }
        }
        System.out.println("tensors equal bit for bit: " + golden.size());
    }

    private static String sha256(Tensor tensor) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        int columns = Math.toIntExact(tensor.columns());
        float[] row = new float[columns];
        ByteBuffer bytes = ByteBuffer.allocate(columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long r = 0; r < tensor.rows(); r++) {
            long offset = r * tensor.format().bytes(columns);
            BlockDecoder.decode(tensor.format(), tensor.data(), offset, row, 0, columns);
            bytes.asFloatBuffer().put(row);
            digest.update(bytes.array());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
