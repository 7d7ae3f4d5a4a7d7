// SPDX-License-Identifier: MIT
// Calls what in the page of `awaitctl report --html` needs no browser:
//
//     node page_functions.js FOLDER-OF-THE-SCRIPTS PAGE <<<'data.awaits.count'
//
// prints the value of that expression as JSON; data is that of the page.
'use strict';

const fs = require('fs');
const vm = require('vm');

const [, , folder, page] = process.argv;
for (const name of ['data', 'text', 'lanes', 'search', 'flame', 'graph', 'tables'])
	vm.runInThisContext(fs.readFileSync(`${folder}/${name}.js`, 'utf8'),
		{ filename: `${name}.js` });
const text = fs.readFileSync(page, 'utf8');
const [, json] = text.match(/<script type="application\/json" id="data">(.*?)<\/script>/s);
globalThis.data = vm.runInThisContext('readData')(json);
const value = vm.runInThisContext(`'use strict';${fs.readFileSync(0, 'utf8')}`);
process.stdout.write(JSON.stringify(value));
