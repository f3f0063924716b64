using System.Globalization;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Cuts text to a bound and says that it did.</summary>
internal static class TextBounds
{
    /// <summary>Keeps the begin and the end.</summary>
    public static string Middle(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var half = length / 2;
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, Whole(text, half))}\n[… {text.Length - (2 * half)} characters left out …]\n{text.AsSpan(Whole(text, text.Length - half))}");
    }

    /// <summary>Keeps the begin of a line.</summary>
    public static string Line(string text, int length) =>
        text.Length <= length ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, Whole(text, length))}… (the line has {text.Length} characters)");

    // Not between the two halves of a character.
    private static int Whole(string text, int index) => index > 0 && char.IsLowSurrogate(text[index]) ? index - 1 : index;
}
