using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Docker;

public sealed class DockerTlsTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_sides_prove_who_they_are()
    {
        using var directory = new TemporaryDirectory();
        using var authority = Authority();
        using var server = Issue(authority, "127.0.0.1");
        using var client = Issue(authority, "orchestrator");
        Write(directory, authority, client);

        var (seen, error) = await CallAsync(directory, server);

        Assert.Null(error);
        Assert.Equal("CN=orchestrator", seen);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_talked_to()
    {
        using var directory = new TemporaryDirectory();
        using var authority = Authority();
        using var other = Authority();
        using var server = Issue(other, "127.0.0.1");
        using var client = Issue(authority, "orchestrator");
        Write(directory, authority, client);

        var (_, error) = await CallAsync(directory, server);

        Assert.Equal(DockerException.Unavailable, error?.Code);
    }

    [Fact]
    public async Task A_server_of_another_name_is_not_talked_to()
    {
        using var directory = new TemporaryDirectory();
        using var authority = Authority();
        using var server = Issue(authority, "10.9.8.7");
        using var client = Issue(authority, "orchestrator");
        Write(directory, authority, client);

        var (_, error) = await CallAsync(directory, server);

        Assert.Equal(DockerException.Unavailable, error?.Code);
    }

    private static async Task<(string? Client, DockerException? Error)> CallAsync(TemporaryDirectory directory, X509Certificate2 server)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = new DockerEngineOptions { Endpoint = $"tcp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", CertificateDirectory = directory.Path };
        using var engine = new DockerEngine(options, TimeProvider.System, NullLogger.Instance);
        var serving = ServeAsync(listener, server);
        try
        {
            await engine.ListAsync(ValueMap.Empty, Cancellation);
            return (await serving, null);
        }
        catch (DockerException error)
        {
            return (await serving, error);
        }
    }

    /// <summary>Answers a ping and a list on one connection; says whose certificate the client showed.</summary>
    private static async Task<string?> ServeAsync(TcpListener listener, X509Certificate2 server)
    {
        using var connection = await listener.AcceptTcpClientAsync(Cancellation);
        await using var tls = new SslStream(connection.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = server, ClientCertificateRequired = true, RemoteCertificateValidationCallback = (_, one, _, _) => one is not null },
                Cancellation);
            foreach (var answer in new[] { RawPeer.Ping, RawPeer.Json("[]") })
            {
                if (await tls.ReadAsync(new byte[4096], Cancellation) == 0)
                {
                    return null; // The client did not like the certificate.
                }

                await tls.WriteAsync(Encoding.ASCII.GetBytes(answer), Cancellation);
            }

            return tls.RemoteCertificate?.Subject;
        }
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            return null; // The same, said in another way.
        }
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        if (IPAddress.TryParse(name, out var address))
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(address);
            request.CertificateExtensions.Add(names.Build());
        }

        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.Create(authority, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    private static void Write(TemporaryDirectory directory, X509Certificate2 authority, X509Certificate2 client)
    {
        File.WriteAllText(directory.Combine("ca.pem"), authority.ExportCertificatePem());
        File.WriteAllText(directory.Combine("cert.pem"), client.ExportCertificatePem());
        File.WriteAllText(directory.Combine("key.pem"), client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }
}
