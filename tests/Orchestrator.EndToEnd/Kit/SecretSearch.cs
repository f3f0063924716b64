using System.Text;

namespace Orchestrator.EndToEnd.Kit;

/// <summary>Looks for secrets in every byte of every file below folders, as they are and in Base64 at every alignment.</summary>
internal static class SecretSearch
{
    /// <summary>Each file that holds a form of a secret, with the form; names of files are searched too.</summary>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> secrets, params string[] folders)
    {
        var forms = secrets.SelectMany(FormsOf).Distinct().Select(form => (Text: form, Bytes: Encoding.UTF8.GetBytes(form))).ToList();
        var found = new List<string>();
        foreach (var file in folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })))
        {
            var bytes = File.ReadAllBytes(file);
            found.AddRange(forms.Where(form => bytes.AsSpan().IndexOf(form.Bytes) >= 0 || file.Contains(form.Text, StringComparison.Ordinal)).Select(form => $"{file}: {form.Text}"));
        }

        return found;
    }

    /// <summary>The forms of the secrets that are in a text.</summary>
    public static IReadOnlyList<string> In(string text, IReadOnlyList<string> secrets) =>
        [.. secrets.SelectMany(FormsOf).Distinct().Where(form => text.Contains(form, StringComparison.Ordinal))];

    /// <summary>The secret, and what it looks like within a longer text that was Base64-encoded.</summary>
    private static IEnumerable<string> FormsOf(string secret)
    {
        yield return secret;
        for (var offset = 0; offset < 3; offset++)
        {
            // Without the characters whose bits the neighbours share.
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', offset) + secret));
            yield return encoded[4..(encoded.Length - 4)];
        }
    }
}
