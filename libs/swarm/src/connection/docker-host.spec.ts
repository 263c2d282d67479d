import { parseDockerHost } from './docker-host';
import { thrownBy } from '../test-matchers';

describe('parseDockerHost', () => {
  it.each(['/var/run/docker.sock', 'unix:///var/run/docker.sock'])('reads %s as a socket', (text) => {
    // an empty host, so that DOCKER_HOST of the environment cannot take its place
    expect(parseDockerHost(text)).toEqual({ socketPath: '/var/run/docker.sock', host: '', protocol: 'http' });
  });

  it('reads a TCP address, with the usual port when there is none', () => {
    expect(parseDockerHost('tcp://manager-1:2999')).toEqual({
      host: 'manager-1',
      port: 2999,
      protocol: 'http',
    });
    expect(parseDockerHost('http://127.0.0.1')).toMatchObject({ host: '127.0.0.1', port: 2375 });
  });

  it.each(['', 'docker', 'ssh://manager-1', 'https://manager-1'])('refuses %p', (text) => {
    expect(thrownBy(() => parseDockerHost(text))).toMatchObject({ code: 'swarm.host_malformed' });
  });
});
