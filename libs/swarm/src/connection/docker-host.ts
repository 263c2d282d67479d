import { AppError } from '@saasodoo/kernel';

export const DEFAULT_DOCKER_HOST = '/var/run/docker.sock';

/** Where dockerode connects to. An empty host means the socket; an absent one would be filled from DOCKER_HOST. */
export type DockerAddress =
  | { readonly socketPath: string; readonly host: ''; readonly protocol: 'http' }
  | { readonly host: string; readonly port: number; readonly protocol: 'http' };

/** Reads `/path`, `unix:///path`, `tcp://host:port` or `http://host:port`. Throws `swarm.host_malformed`. */
export function parseDockerHost(text: string): DockerAddress {
  if (text.startsWith('/')) return unixSocket(text);
  if (text.startsWith('unix://')) return unixSocket(text.slice('unix://'.length));
  const url = URL.parse(text.replace(/^tcp:/, 'http:'));
  if (url?.protocol !== 'http:' || url.hostname === '') {
    throw AppError.terminal('swarm.host_malformed', `'${text}' is not an address of a Docker engine`, {
      hint: 'Write the path of its unix socket, or tcp://host:port.',
    });
  }
  return { host: url.hostname, port: url.port === '' ? 2375 : Number(url.port), protocol: 'http' };
}

function unixSocket(socketPath: string): DockerAddress {
  return { socketPath, host: '', protocol: 'http' };
}
