# What gdb shows of a hdrscan that stopped, live or on its core file.
set pagination off
set debuginfod enabled off
set may-call-functions off
set print frame-info short-location
echo \n--- the awaits that are running, each inside the wait of another\n
info awaits -state running
echo \n--- who waits for whom, down to where each thread stands\n
await tree
echo \n--- one of them, as the program's own variable\n
print header->await
echo \n--- resolved ones, with what they found\n
info awaits -state resolved -limit 4
echo \n--- all of them, by what made them\n
info awaits -group function
echo \n--- where it stands\n
backtrace 9
