# SPDX-License-Identifier: GPL-2.0-or-later
# What ./dev package makes: a Debian package for the minor version of Wireshark that is here, and one with its debug
# symbols. The preset "package" sets SSK_PACKAGE; compiler flags come from dpkg-buildflags by way of ./dev.
option(SSK_PACKAGE "Build for a Debian package" OFF)
if(NOT SSK_PACKAGE)
    return()
endif()

# The same bytes from every folder.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)

find_program(GZIP gzip REQUIRED)
foreach(page docs/stallshark.1 CHANGELOG.md)
    get_filename_component(name ${page} NAME)
    execute_process(COMMAND ${GZIP} -9nc ${CMAKE_SOURCE_DIR}/${page}
                    OUTPUT_FILE ${CMAKE_BINARY_DIR}/${name}.gz COMMAND_ERROR_IS_FATAL ANY)
endforeach()
install(FILES ${CMAKE_BINARY_DIR}/CHANGELOG.md.gz DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME changelog.gz)
install(FILES ${CMAKE_SOURCE_DIR}/packaging/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(minor ${Wireshark_MAJOR_VERSION}.${Wireshark_MINOR_VERSION})
math(EXPR next "${Wireshark_MINOR_VERSION} + 1")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME stallshark)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION}+ws${minor})
set(CPACK_PACKAGE_CONTACT "stallshark <noreply@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "finds what went silent in a capture, and says why")
set(CPACK_PACKAGE_DESCRIPTION "The program stallshark, and its module for Wireshark and tshark ${minor}:
which connection of a capture fell silent, in which direction, for how
long, who owed a packet, and why.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_DEBUGINFO_PACKAGE ON) # which strips the files of the first package too
# Wireshark loads the module only if the minor version fits, but the libraries of the next one can be installed beside
# those of this one, so their names are not enough.
set(CPACK_DEBIAN_PACKAGE_DEPENDS
    "wireshark-common (>= ${minor}), wireshark-common (<< ${Wireshark_MAJOR_VERSION}.${next}~)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "wireshark | tshark")
include(CPack)
