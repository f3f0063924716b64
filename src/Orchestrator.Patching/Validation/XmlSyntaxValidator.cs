using System.Xml;

namespace Orchestrator.Patching;

/// <summary>Refuses to break XML. Nothing outside the file is ever read: no document type, no entity of another file.</summary>
internal sealed class XmlSyntaxValidator : IPatchValidator
{
    private const int MaxEntityCharacters = 1 << 20;

    private static readonly string[] Extensions =
    [
        ".xml", ".csproj", ".fsproj", ".vbproj", ".proj", ".props", ".targets", ".nuspec", ".slnx", ".resx", ".ruleset", ".xaml", ".axaml", ".xsd", ".xsl", ".xslt", ".wsdl", ".svg",
    ];

    private static readonly string[] Names = ["web.config", "app.config", "nuget.config", "packages.config"];

    public string Name => PatchValidators.Xml;

    public IEnumerable<PatchConflict> Validate(PatchValidationContext file, CancellationToken cancellationToken)
    {
        var isXml = Extensions.Contains(Path.GetExtension(file.FileName), StringComparer.OrdinalIgnoreCase) || Names.Contains(file.FileName, StringComparer.OrdinalIgnoreCase);
        if (!isXml || file.IsSymbolicLink || file.After is not { } after || file.Before == file.After || Error(after) is not { } error
            || (file.Before is { } before && Error(before) is not null))
        {
            return [];
        }

        return [file.Refuse(PatchConflictCode.SyntaxError, $"The file would not be well-formed XML: {error.Message}", error.LineNumber > 0 ? error.LineNumber : null)];
    }

    private static XmlException? Error(PatchContent content)
    {
        // An empty file is a placeholder.
        if (content.Bytes.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            return null;
        }

        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse, XmlResolver = null, MaxCharactersFromEntities = MaxEntityCharacters };
        using var stream = new MemoryStream(content.Bytes.ToArray(), writable: false);
        try
        {
            using var reader = XmlReader.Create(stream, settings);
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.DocumentType)
                {
                    // What its entities are is told elsewhere.
                    return null;
                }
            }

            return null;
        }
        catch (XmlException error)
        {
            return error;
        }
    }
}
