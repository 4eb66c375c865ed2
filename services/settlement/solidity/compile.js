// Compiles the contracts to one JSON file per contract, the same bytes on every machine.
//
//   node compile.js          writes the artefacts
//   node compile.js --check  exit 1 if a committed artefact differs from what the sources give
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const TOOLS = path.join(__dirname, '..', '..', '..', 'tools', 'npm', 'node_modules');
const SOURCES = path.join(__dirname, 'contracts');
const ARTEFACTS = path.join(__dirname, '..', 'src', 'flexbourse_settlement', 'contracts');
const solc = require(path.join(TOOLS, 'solc'));

// bytecodeHash and appendCBOR off: no hash of paths or comments ends up in the code.
// cancun: the newest rules that the embedded chain, anvil and Besu all run.
const settings = {
  evmVersion: 'cancun',
  optimizer: { enabled: true, runs: 10000 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
};

function compile() {
  const names = fs.readdirSync(SOURCES).filter((name) => name.endsWith('.sol')).sort();
  const sources = Object.fromEntries(
    names.map((name) => [name, { content: fs.readFileSync(path.join(SOURCES, name), 'utf8') }]),
  );
  const find = (name) => {
    const file = path.join(TOOLS, name);
    return fs.existsSync(file) ? { contents: fs.readFileSync(file, 'utf8') } : { error: `not found: ${name}` };
  };
  const output = JSON.parse(
    solc.compile(JSON.stringify({ language: 'Solidity', sources, settings }), { import: find }),
  );
  const problems = output.errors || [];
  problems.forEach((problem) => process.stderr.write(problem.formattedMessage));
  if (problems.length > 0) process.exit(1); // a warning is an error here
  return names.map((name) => artefact(name, output.contracts[name]));
}

function artefact(source, contracts) {
  const contractName = path.basename(source, '.sol');
  const { abi, evm } = contracts[contractName];
  return {
    contractName,
    source,
    compiler: solc.version(),
    settings: { evmVersion: settings.evmVersion, optimizer: settings.optimizer, metadata: settings.metadata },
    abi,
    bytecode: '0x' + evm.bytecode.object,
    deployedBytecode: '0x' + evm.deployedBytecode.object,
  };
}

function main() {
  const check = process.argv.includes('--check');
  let stale = 0;
  for (const built of compile()) {
    const file = path.join(ARTEFACTS, `${built.contractName}.json`);
    const text = JSON.stringify(built, null, 1) + '\n';
    if (!check) {
      fs.writeFileSync(file, text);
    } else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) {
      process.stderr.write(`stale artefact: ${file}\n`);
      stale += 1;
    }
  }
  process.exit(stale > 0 ? 1 : 0);
}

main();
