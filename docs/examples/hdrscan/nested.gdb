# Stops hdrscan deep inside nested waits and looks around (look.gdb).
#   gdb -x docs/examples/hdrscan/nested.gdb hdrscan
set pagination off
set debuginfod enabled off
set may-call-functions off
set breakpoint pending on
break scan_header if $_regex(path, ".*/bits/typesizes.h$")
run -n 0
source docs/examples/hdrscan/look.gdb
