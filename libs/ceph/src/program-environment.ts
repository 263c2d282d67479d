/** Of programs whose messages are read, so in one language; nothing else of the environment concerns them. */
export const PROGRAM_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' };
