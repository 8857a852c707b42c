// The door to every npm script. It is plain JavaScript with no dependency, and in the oldest syntax
// that will do, because it runs before anything is installed and under whatever Node is there: it
// refuses a Node that is too old, installs what is missing, then hands over to Node 24.
const oldest = 20;
const major = Number(process.versions.node.split('.')[0]);

if (major < oldest) {
  process.stderr.write(
    'Sluice needs Node ' +
      oldest +
      ' or newer; this is ' +
      process.version +
      '.\n' +
      'Install one from https://nodejs.org (or by nvm, fnm, volta) and run the command again. ' +
      'Node 24, which the rest runs under, comes with the dependencies.\n',
  );
  process.exitCode = 1;
} else {
  import('./run/main.mjs')
    .then((module) => module.main(process.argv.slice(2)))
    .then((code) => {
      process.exitCode = code;
    });
}
