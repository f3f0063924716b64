using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Hosting;

/// <summary>Proof of text without the text.</summary>
internal static class Digest
{
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
