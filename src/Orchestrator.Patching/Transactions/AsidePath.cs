using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>The names that files of one application have while they are put aside: in the directory of the file, and found again from the journal alone.</summary>
internal sealed class AsidePath(JournalDocument journal)
{
    private readonly string _prefix = ".orchestrator-" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{journal.Id}|{journal.CreatedAt}"))))[..12];

    public string Of(int index)
    {
        var path = journal.Changes[index].Path;
        return string.Create(CultureInfo.InvariantCulture, $"{path.AsSpan(0, path.LastIndexOf('/') + 1)}{_prefix}-{index}~");
    }
}
