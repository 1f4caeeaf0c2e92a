# Makes OUT (a C file) of the page's style and script and of the chart library.
#   cmake -DSOURCE=report/web -DOUT=web.c -DWORK=dir [-DNPM=npm] [-DUPLOT=dir] -P embed.cmake
# The library comes from UPLOT, a folder with its files (release archives carry
# one), else from npm. Its files must be exactly the ones named here. Without
# it the page gets static charts and says so.
# SPDX-License-Identifier: GPL-2.0-or-later
set(uplot_version 1.6.32)
set(sha256_uPlot.iife.min.js 19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f)
set(sha256_uPlot.min.css df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04)
set(sha256_LICENSE 8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd)

# The path of one of the library's files in FOLDER or FOLDER/dist, or "".
function(find_checked folder name ret)
    set(${ret} "" PARENT_SCOPE)
    foreach(path ${folder}/dist/${name} ${folder}/${name})
        if(EXISTS ${path})
            file(SHA256 ${path} sum)
            if(NOT sum STREQUAL sha256_${name})
                message(FATAL_ERROR "${path}: not uPlot ${uplot_version}: SHA-256 ${sum}, must be ${sha256_${name}}")
            endif()
            set(${ret} ${path} PARENT_SCOPE)
            return()
        endif()
    endforeach()
endfunction()

function(append_bytes symbol path)
    set(hex "")
    if(path)
        file(READ ${path} hex HEX)
    endif()
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
    file(APPEND ${OUT} "const char ${symbol}[] = {\n${bytes}0};\n")
endfunction()

if(NOT UPLOT AND NPM)
    file(MAKE_DIRECTORY ${WORK})
    file(COPY ${SOURCE}/package.json ${SOURCE}/package-lock.json DESTINATION ${WORK})
    execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
                    WORKING_DIRECTORY ${WORK} RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE why TIMEOUT 120)
    if(NOT failed)
        set(UPLOT ${WORK}/node_modules/uplot)
    endif()
endif()

set(js "")
if(UPLOT)
    find_checked(${UPLOT} uPlot.iife.min.js js)
    find_checked(${UPLOT} uPlot.min.css css)
    find_checked(${UPLOT} LICENSE license)
endif()
if(NOT (js AND css AND license))
    set(js "")
    set(css "")
    set(license "")
    message("HTML report: no chart library (npm could not fetch uPlot ${uplot_version}); its charts will be static")
endif()

file(WRITE ${OUT} "/* Made by report/web/embed.cmake. */\n#include \"report/web.h\"\n")
append_bytes(ssk_web_style ${SOURCE}/page.css)
append_bytes(ssk_web_script ${SOURCE}/page.js)
append_bytes(ssk_web_library "${js}")
append_bytes(ssk_web_library_style "${css}")
append_bytes(ssk_web_library_licence "${license}")
file(APPEND ${OUT} "const char ssk_web_library_version[] = \"${uplot_version}\";\n")
