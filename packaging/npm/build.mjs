#!/usr/bin/env node
// Packs the npm packages into target/packaging/npm: `corsight`, which starts the program, and `@corsight/PLATFORM`, which
// holds it. Takes the program from target/packaging (packaging/parts.sh), or from the folder named on the command line,
// with a folder for each platform in it: linux-x64/corsight, darwin-arm64/corsight, win32-x64/corsight.exe, …
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const root = path.resolve(here, '../..');
const parts = path.join(root, 'target/packaging');
const out = path.join(parts, 'npm');
const licences = ['LICENSE-APACHE', 'LICENSE-MIT'];

/** Platform, as npm names it, to the program for it. */
function programs(folder) {
  if (!folder) {
    return new Map([[`${process.platform}-${process.arch}`, path.join(parts, programName(process.platform))]]);
  }
  const platforms = fs.readdirSync(folder).sort();
  return new Map(platforms.map((name) => [name, path.join(folder, name, programName(name))]));
}

function programName(platform) {
  return platform.startsWith('win32') ? 'corsight.exe' : 'corsight';
}

/** The crate's version: there is no second one. */
function version() {
  const manifest = fs.readFileSync(path.join(root, 'Cargo.toml'), 'utf8');
  return manifest.match(/^version = "(.+)"$/m)[1];
}

/** Writes a package's folder and packs it. */
function pack(manifest, files) {
  const folder = path.join(out, manifest.name);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const file of files) {
    fs.copyFileSync(file, path.join(folder, path.basename(file)));
  }
  execFileSync('npm', ['pack', '--silent', '--pack-destination', out, folder], { stdio: 'inherit' });
}

function platformManifest(common, platform, program) {
  const [os, cpu] = platform.split('-');
  return {
    ...common,
    name: `@corsight/${platform}`,
    description: `The corsight program for ${platform}. Install the package corsight instead.`,
    os: [os],
    cpu: [cpu],
    // Built against glibc; npm leaves it out where there is another C library.
    ...(os === 'linux' && { libc: ['glibc'] }),
    files: [path.basename(program), 'THIRD-PARTY.txt', ...licences],
    preferUnplugged: true,
  };
}

const starter = JSON.parse(fs.readFileSync(path.join(here, 'package.json'), 'utf8'));
starter.version = version();
const { license, version: number } = starter;
const found = programs(process.argv[2]);
const texts = licences.map((name) => path.join(root, name));

fs.rmSync(out, { recursive: true, force: true });
for (const [platform, program] of found) {
  const manifest = platformManifest({ version: number, license }, platform, program);
  pack(manifest, [program, path.join(parts, 'THIRD-PARTY.txt'), ...texts]);
}
starter.optionalDependencies = Object.fromEntries([...found.keys()].map((name) => [`@corsight/${name}`, number]));
pack(starter, [path.join(here, 'corsight.js'), path.join(root, 'README.md'), ...texts]);
