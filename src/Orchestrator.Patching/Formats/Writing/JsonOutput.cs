using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>Gathers JSON that is written, one value a line.</summary>
internal sealed class JsonOutput
{
    // The text goes to files and programs, never into a web page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public void Line(Action<Utf8JsonWriter> write)
    {
        using (var writer = new Utf8JsonWriter(_bytes, Options))
        {
            write(writer);
        }

        _bytes.Write("\n"u8);
    }

    public PatchContent ToContent() => new(_bytes.WrittenMemory);
}
