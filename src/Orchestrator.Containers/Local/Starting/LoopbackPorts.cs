using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Containers.Local.Starting;

/// <summary>Chooses free TCP ports of the loopback address.</summary>
/// <remarks>
/// Thread-safe. A port that was chosen is not chosen again soon: its program may not listen yet. Until it listens, the port is free for everybody: another program, or
/// another engine on this machine, can take it in that window. The instance's program then finds its port taken and ends, or never answers, and its pool starts
/// another one, on another port. Who needs certainty uses an engine with networks of its own.
/// </remarks>
internal sealed class LoopbackPorts
{
    private const int Remembered = 1024;

    private readonly Lock _gate = new();
    private readonly Queue<int> _recent = new();

    /// <summary>Chooses one for each of an instance's ports.</summary>
    public ValueList<ContainerEndpoint> Choose(ValueList<int> ports)
    {
        lock (_gate)
        {
            var held = new List<Socket>();
            try
            {
                return ports.Select(port => new ContainerEndpoint(port, "127.0.0.1", ChooseOne(held))).ToValueList();
            }
            catch (SocketException error)
            {
                throw new ProcessEngineException(ProcessEngineException.StartFailed, $"There is no free port: {error.Message}", error);
            }
            finally
            {
                held.ForEach(static socket => socket.Dispose());
            }
        }
    }

    private int ChooseOne(List<Socket> held)
    {
        // Those that were refused stay bound, so that the next is another one.
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            held.Add(socket);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            if (_recent.Contains(port) && held.Count < Remembered)
            {
                continue;
            }

            _recent.Enqueue(port);
            if (_recent.Count > Remembered)
            {
                _recent.Dequeue();
            }

            return port;
        }
    }
}
