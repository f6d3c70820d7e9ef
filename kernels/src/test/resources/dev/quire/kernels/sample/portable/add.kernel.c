#include <stdint.h>
#include "a.h"
#  include "b.h" // again
int add(int x) { return x + ONE; }
