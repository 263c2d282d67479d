import { setSourceMapsSupport } from 'node:module';

/**
 * Loaded before an app (`node --require`): its stack traces name the lines of the TypeScript sources. Unlike
 * `--enable-source-maps`, it leaves the maps of packages on the disk, which would take 15 MiB of every process.
 */
setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
