#!/usr/bin/env node
// Runs the program out of the platform's own package, which npm has installed beside this one. Nothing is downloaded here.
'use strict';

const { spawn } = require('node:child_process');
const os = require('node:os');

/** The package that holds the program for this platform. */
function platformPackage() {
  return `@corsight/${process.platform}-${process.arch}`;
}

/** Where the program lies; undefined when its package is not installed. */
function findProgram() {
  const file = process.platform === 'win32' ? 'corsight.exe' : 'corsight';
  try {
    return require.resolve(`${platformPackage()}/${file}`);
  } catch {
    return undefined;
  }
}

function fail(message) {
  console.error(`corsight: ${message}`);
  process.exitCode = 2;
}

/** Runs the program in our place: its streams are ours, signals go on to it, it decides how we end. */
function run(program) {
  const child = spawn(program, process.argv.slice(2), { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => fail(`${program} cannot be started: ${error.message}`));
  child.on('exit', (status, signal) => {
    process.exitCode = signal ? 128 + os.constants.signals[signal] : status;
  });
}

const program = findProgram();
if (program) {
  run(program);
} else {
  fail(
    `no program for ${process.platform} on ${process.arch}: the optional package ${platformPackage()} is not installed. ` +
      'Was npm run with --omit=optional? Is there a package for this platform? Else: cargo install corsight',
  );
}
